#!/bin/sh
# Install AllDetect for this user, without root: ./install.sh     Remove it: ./install.sh --remove
# Nothing of your work is touched: settings and workspaces lie in ~/.local/share/alldetect and stay there.
set -eu
data="${XDG_DATA_HOME:-$HOME/.local/share}"
program="$HOME/.local/opt/alldetect"
remove() {
    rm -rf "$program"
    rm -f "$HOME/.local/bin/alldetect" "$HOME/.local/bin/alldetect-gui" "$data/applications/alldetect.desktop" \
        "$data/icons/hicolor/scalable/apps/alldetect.svg" "$data/icons/hicolor/256x256/apps/alldetect.png"
}
if [ "${1:-}" = --remove ]; then
    remove
    echo "AllDetect was removed. Your settings and workspaces are still in $data/alldetect."
    exit 0
fi
here=$(CDPATH='' cd "$(dirname "$0")" && pwd)
[ "$here" != "$program" ] || { echo "install.sh: unpack the archive somewhere else, this is where it goes" >&2; exit 1; }
remove
mkdir -p "$program" "$HOME/.local/bin" "$data/applications" "$data/icons/hicolor/scalable/apps" \
    "$data/icons/hicolor/256x256/apps"
cp -a "$here/." "$program/"
ln -sf "$program/alldetect" "$program/alldetect-gui" "$HOME/.local/bin/"
cp "$here/share/alldetect.svg" "$data/icons/hicolor/scalable/apps/"
cp "$here/share/alldetect.png" "$data/icons/hicolor/256x256/apps/"
sed "s|^Exec=alldetect-gui|Exec=\"$program/alldetect-gui\"|" "$here/share/alldetect.desktop" \
    > "$data/applications/alldetect.desktop"
echo "AllDetect is in your menu. In a terminal: $HOME/.local/bin/alldetect --help"
