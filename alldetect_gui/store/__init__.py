"""The workspace file: one SQLite database that keeps a lab's work. The only SQL of the program."""
