"""The manifests that this version was released with. A manifest pins its files; this pins the manifests.

After `alldetect experiment …` has written a model there, put the SHA-256 that it prints here.
"""

BUNDLED = {
    "default": "1e5175b383c7c3454677f6929df39e9c41642d1388a77df7ac309a799fb97a9e",
    "thesis-clahe": "b4f33464feb6368c27116903d21d7950c9737f823f3a99526d5b05b9db941605",
    "thesis-clahe-grayscale": "803060c3ce535d84ad87e75a2e8ec090fe35d365837f83e3c76c143f4bd71c1d",
    "thesis-gaussian": "15535a54f0eea93bf59e896a6d5c67201f7fa26e31e653728c91d7279fe11ea5",
}
