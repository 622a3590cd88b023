"""The manifests that this version was released with. A manifest pins its files; this pins the manifests.

After `alldetect train --out resources/models` put the SHA-256 that it prints here.
"""

BUNDLED = {
    "default": "6c6ece6e312b4493993af6745236c5f3ca3f8c829e94d954fdc4dea60fcf06d5",
}
