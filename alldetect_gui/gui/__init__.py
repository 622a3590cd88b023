"""The window: all Qt of the program is in here, and nothing else is."""
