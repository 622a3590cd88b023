#!/bin/sh
# Sign AllDetect.app and put it into a .dmg. NOT RUN: no macOS machine was at hand when it was written.
#   build_spec/macos/make_dmg.sh VERSION [IDENTITY]      (after the bundle was built; without IDENTITY signed ad hoc)
# Notarising needs an account: xcrun notarytool submit dist/….dmg --keychain-profile … --wait; xcrun stapler staple …
set -eu
version=$1
identity=${2:--}
here=$(CDPATH='' cd "$(dirname "$0")" && pwd)
dist="$here/../../dist"
options=""
[ "$identity" = - ] || options="--options runtime --timestamp --entitlements $here/entitlements.plist"
# shellcheck disable=SC2086
codesign --force --deep --sign "$identity" $options "$dist/AllDetect.app"
codesign --verify --deep --strict "$dist/AllDetect.app"
stage=$(mktemp -d)
cp -R "$dist/AllDetect.app" "$stage/"   # keeps links: without them neither signature nor start is right
ln -s /Applications "$stage/Applications"
hdiutil create -volname AllDetect -srcfolder "$stage" -ov -format UDZO "$dist/alldetect-$version-macos-arm64.dmg"
rm -rf "$stage"
