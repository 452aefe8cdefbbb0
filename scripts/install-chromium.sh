#!/bin/sh
# Debian's Chromium for the browser tests, when it is missing and can be had; the tests skip with a reason otherwise.
# The shell without windows is faster: the tests use it where it is, and need no more than one of the two.
command -v chromium-headless-shell >/dev/null 2>&1 && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    apt-get update -qq && for package in chromium-headless-shell chromium; do
        apt-get install -y -qq --no-install-recommends "$package" fonts-dejavu-core fonts-noto-cjk >/dev/null && exit 0
    done
fi
command -v chromium >/dev/null 2>&1 && exit 0
echo "no Chromium and no way to install it here: the browser tests will be skipped" >&2
exit 0
