"""Tables, repositories, the unit of work, the engine and the migrations."""
