"""Lists of changes to sources, one a line: name, file, what stands there, what is to stand there instead; tabs between, # for comments."""
import sys


def changes_of(path):
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            name, file, there, instead = (each.replace("\\n", "\n") for each in line.split("\t"))
            yield name, file, there, instead


def changed(path, there, instead):
    """The text of the file with the change. A place that is not there exactly once is an error."""
    text = path.read_text()
    if text.count(there) != 1:
        sys.exit(f"{path.name}: {there!r} stands there {text.count(there)} times, expected once")
    return text.replace(there, instead)
