"""The way of the schema through time; `schema` runs it from within the program."""
