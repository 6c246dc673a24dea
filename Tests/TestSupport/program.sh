#!/bin/sh
# What a link of another name does is in the file beside that link.
. "$0.lines"
