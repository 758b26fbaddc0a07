"""The demonstration: a wire of our own in invented wording, a quickened clock, sinks to look at; no internet needed."""
