"""The manifests that this version was released with. A manifest pins its files; this pins the manifests.

After `alldetect train --out resources/models` put the SHA-256 that it prints here.
"""

BUNDLED = {
    "default": "34a7d3ccd379f3bda04a86ed7818fde292a55d19e360d9c7c5416e076012ac54",
}
