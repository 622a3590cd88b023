"""What goes into the bundle and what stays out, as reviewed lists. No imports of PyInstaller: tests read this too."""

import fnmatch
from collections.abc import Iterable

# Modules that the small bundle must not hold. TensorFlow is for training and as the reference engine; LiteRT
# classifies. The rest comes along with packages that can do without it.
TRAINING = (
    "alldetect_gui.training", "tensorflow", "keras", "h5py", "sklearn", "scipy", "matplotlib", "grpc", "joblib",
)  # fmt: skip
NEVER = (
    "tkinter", "pydoc_data", "lib2to3", "IPython", "tensorboard", "torch", "jax", "pandas", "openpyxl", "pytest",
    "hypothesis", "pip", "uv", "mypy", "cyclonedx", "lxml", "OpenGL", "cupy", "numba", "PyQt5", "PyQt6", "PySide2",
    "PySide6.QtNetwork", "PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtSql", "PySide6.QtDesigner", "PySide6.QtHelp",
    "PySide6.QtUiTools", "ssl", "_ssl", "readline",
    "_codecs_cn", "_codecs_hk", "_codecs_iso2022", "_codecs_jp", "_codecs_kr", "_codecs_tw",
)  # fmt: skip
SMALL_ONLY = ("unittest", "test", "setuptools", "pkg_resources", "wheel", "numpy.f2py", "numpy.testing")
"""TensorFlow needs these; nothing else does."""

# Destinations in the bundle that are dropped after PyInstaller's analysis: Qt's parts that no window here uses.
_QT = "PySide6/Qt"
DROPPED = (
    # Qt's own words stay in the languages that the window speaks: resources/languages.
    *(f"{_QT}/translations/{name}" for name in ("[!q]*", "qt[!b]*", "qtbase_[!d]*", "qtbase_d[!e]*")), f"{_QT}/qml/*",
    *(f"{_QT}/plugins/{name}/*" for name in (
        "designer", "egldeviceintegrations", "generic", "networkinformation", "qmllint", "qmltooling", "sqldrivers",
        "tls", "vectorimageformats", "wayland-graphics-integration-server", "printsupport",
    )),
    *(f"{_QT}/plugins/platforms/libq{name}.so" for name in (
        "eglfs", "linuxfb", "minimal", "minimalegl", "vkkhrdisplay", "vnc",
    )),
    *(f"{_QT}/plugins/imageformats/libq{name}.so" for name in (
        "pdf", "icns", "tga", "tiff", "wbmp", "webp", "gif",
    )),
    f"{_QT}/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so",
    f"{_QT}/plugins/platformthemes/libqgtk3.so",
    f"{_QT}/lib/libQt6Qml*", f"{_QT}/lib/libQt6Quick*", f"{_QT}/lib/libQt6Network*", f"{_QT}/lib/libQt6Sql*",
    f"{_QT}/lib/libQt6Pdf*", f"{_QT}/lib/libQt6VirtualKeyboard*", f"{_QT}/lib/libQt6Egl*",
    f"{_QT}/lib/libQt6WaylandCompositor*", f"{_QT}/lib/libQt6WaylandEglCompositor*", f"{_QT}/lib/libQt6Designer*",
    "*.pyi", "*/tests/*", "pyqtgraph/examples/*", "PIL/_imagingtk*",
    # Pillow gives a second opinion on TIFF: no letters, no colour profiles, no WebP, no AVIF.
    "PIL/_avif*", "pillow.libs/libavif*", "PIL/_webp*", "pillow.libs/libwebp*", "pillow.libs/libsharpyuv*",
    "PIL/_imagingft*", "pillow.libs/libfreetype*", "pillow.libs/libharfbuzz*", "pillow.libs/libbrotli*",
    "PIL/_imagingcms*", "pillow.libs/liblcms2*",
    # The licences folder has these texts; nothing speaks to a network; no one types at a prompt.
    "*.dist-info/licenses/*", "*.dist-info/sboms/*", "libssl.so.*", "libreadline.so.*", "libtinfo.so.*",
)  # fmt: skip

# System libraries that PyInstaller collects and that must come from the target. A bundled libstdc++ of Debian 12
# raises the floor to glibc 2.36; libexpat likewise; GTK and what only GTK needs is not used without libqgtk3.
FROM_THE_SYSTEM = ("libstdc++.so.*", "libgcc_s.so.*", "libexpat.so.*")
ORPHANS = (
    "libgtk-3.so.*", "libgdk-3.so.*", "libgdk_pixbuf-2.0.so.*", "libatk-*.so.*", "libatspi.so.*", "libcairo*.so.*",
    "libpango*.so.*", "libgio-2.0.so.*", "libgmodule-2.0.so.*", "libgobject-2.0.so.*", "libharfbuzz.so.*",
    "libepoxy.so.*", "libfribidi.so.*", "libthai.so.*", "libdatrie.so.*", "libpixman-1.so.*", "libgssapi_krb5.so.*",
    "libkrb5*.so.*", "libk5crypto.so.*", "libkeyutils.so.*", "libcom_err.so.*", "libmount.so.*", "libblkid.so.*",
    "libselinux.so.*", "libjbig.so.*", "libXi.so.*", "libXcomposite.so.*", "libXdamage.so.*",
    "libXcursor.so.*", "libXfixes.so.*", "libXinerama.so.*", "libXrandr.so.*", "libXrender.so.*", "libXext.so.*",
    "libdeflate.so.*", "libwebp.so.*", "libtiff.so.*", "libcups.so.*", "libavahi-*.so.*", "libgnutls.so.*",
)  # fmt: skip

# What the .deb asks of the system: libraries that PyInstaller leaves to it or that are dropped above. A font and
# fontconfig's configuration come along in the bundle, so neither is needed.
DEBIAN_DEPENDS = (
    "libc6 (>= 2.35)", "libstdc++6 (>= 11)", "libgcc-s1", "libgl1", "libegl1", "libxcb1", "libexpat1",
)  # fmt: skip

# Stripped one by one: "strip" on everything breaks NumPy's OpenBLAS ("load command address not page-aligned").
STRIPPED = ("libpython3.*.so.*", "*/lib-dynload/*.so", "*/ai_edge_litert/*.so", "*/PIL/*.so", "*/numpy/_core/*.so",
            "*/safetensors/*.so", "*/tensorflow/*.so*")  # fmt: skip

# Names that the analysis may report as not found: their users are dropped.
MAY_BE_MISSING = ("libgtk-3", "libgdk-3", "libcups", "libmysqlclient", "libmimerapi", "libpq", "libodbc", "libfbclient")


def excluded_modules(*, full: bool) -> list[str]:
    """Modules that the analysis must not follow."""
    return list(NEVER) if full else [*NEVER, *TRAINING, *SMALL_ONLY]


def matches(destination: str, patterns: Iterable[str]) -> bool:
    """Whether a place in the bundle is named by one of the patterns, as a whole or by its file name."""
    place = destination.replace("\\", "/")
    name = place.rpartition("/")[2]
    return any(fnmatch.fnmatchcase(place if "/" in pattern else name, pattern) for pattern in patterns)


def is_dropped(destination: str) -> bool:
    """Whether a file stays out of the bundle."""
    return matches(destination, (*DROPPED, *FROM_THE_SYSTEM, *ORPHANS))


def is_stripped(destination: str) -> bool:
    """Whether a library's symbols are removed."""
    return matches(f"/{destination}", STRIPPED)
