"""Load a model artefact; image to features to probability. The only room, beside training, that knows a runtime."""
