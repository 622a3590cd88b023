"""The manifests that this version was released with. A manifest pins its files; this pins the manifests.

After `alldetect experiment …` has written a model there, put the SHA-256 that it prints here.
"""

BUNDLED = {
    "default": "34a7d3ccd379f3bda04a86ed7818fde292a55d19e360d9c7c5416e076012ac54",
    "thesis-clahe": "5c9473b7e77a22b2c79dd563c16fb02db2dd6f06b6a06c87897397743c3109da",
    "thesis-clahe-grayscale": "cf6a8c2b8e629032e3a99421664bd47b407f57e33b0eb75b60668abf5547f750",
    "thesis-gaussian": "13209a203c0911ed443825fc794d41634fb349def2408645c2415d21f49ed3c6",
}
