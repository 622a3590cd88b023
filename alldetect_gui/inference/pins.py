"""The manifests that this version was released with. A manifest pins its files; this pins the manifests.

After `alldetect experiment …` has written a model there, put the SHA-256 that it prints here.
"""

BUNDLED = {
    "default": "7338e1f194c5bf19fc852ac9168ea2b8f544aa500c62005f8086f2da1699d038",
    "thesis-clahe": "a2f129412e3f1a265ff6d80a43a00f7e28b20b41b153aea34c55904b8150f095",
    "thesis-clahe-grayscale": "aa874ab52089d9f1101b4e3acf0195fc534f82edc422a9ae6bc56bee7fc94732",
    "thesis-gaussian": "9bed5c4a15df3dd6743cc9aa3465bdbf534d2a0ad63064d350a3e1fc5bb5f03d",
}
