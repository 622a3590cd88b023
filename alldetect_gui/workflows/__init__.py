"""The use cases, as functions that yield typed events; the one thing that window and command line share."""
