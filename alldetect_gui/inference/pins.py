"""The manifests that this version was released with. A manifest pins its files; this pins the manifests.

After `alldetect experiment …` has written a model there, put the SHA-256 that it prints here.
"""

BUNDLED = {
    "default": "1e5175b383c7c3454677f6929df39e9c41642d1388a77df7ac309a799fb97a9e",
    "thesis-clahe": "b880ed9f6cfcde687048e1ebbd05f18b23edf192fb777c500b407615475eef7a",
    "thesis-clahe-grayscale": "5037104ede3ae23e77d27f1f05fba4d63f2df15ca9ed31cd92ff4f84d2b42073",
    "thesis-gaussian": "d30aac297721fdee5e0101f9729f334be53eb064bd7d907e59abdf82826eabf5",
}
