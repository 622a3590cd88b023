"""The offline pipeline: data sets, splits, features, heads, artefacts, reports. Never shipped in the bundle."""
