"""What belongs together beyond one panel, put together: the window holds one object for each concern."""
