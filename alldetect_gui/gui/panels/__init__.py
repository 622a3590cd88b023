"""The parts of the window: layout and signals only. No panel knows another."""
