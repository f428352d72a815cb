#!/bin/sh
# A solver that says the same of everything.
echo sat
