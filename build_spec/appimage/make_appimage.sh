#!/bin/sh
# An AppImage of the bundle. NOT RUN as a whole: appimagetool and its runtime are to be had from GitHub only.
#   build_spec/appimage/make_appimage.sh VERSION /path/to/appimagetool      (after make bundle)
#   build_spec/appimage/make_appimage.sh VERSION                            (only the AppDir, to look at)
set -eu
version=$1
tool=${2:-}
root=$(CDPATH='' cd "$(dirname "$0")/../.." && pwd)
dir="$root/build/AllDetect.AppDir"
rm -rf "$dir"
mkdir -p "$dir/usr/lib" "$dir/usr/share/applications" "$dir/usr/share/icons/hicolor/256x256/apps"
cp -a "$root/dist/alldetect" "$dir/usr/lib/alldetect"
cp "$root/build_spec/linux/alldetect.desktop" "$dir/"
cp "$root/build_spec/linux/alldetect.desktop" "$dir/usr/share/applications/"
cp "$root/build_spec/icons/alldetect.png" "$dir/"
cp "$root/build_spec/icons/alldetect.png" "$dir/usr/share/icons/hicolor/256x256/apps/"
cat > "$dir/AppRun" <<'RUN'
#!/bin/sh
# AllDetect.AppImage [FOLDER] opens the window; AllDetect.AppImage --command classify … runs a command.
here=$(CDPATH='' cd "$(dirname "$(readlink -f "$0")")" && pwd)
if [ "${1:-}" = --command ]; then shift; exec "$here/usr/lib/alldetect/alldetect" "$@"; fi
exec "$here/usr/lib/alldetect/alldetect-gui" "$@"
RUN
chmod +x "$dir/AppRun"
echo "$dir"
[ -z "$tool" ] || ARCH=$(uname -m) "$tool" "$dir" "$root/dist/alldetect-$version-$(uname -m).AppImage"
