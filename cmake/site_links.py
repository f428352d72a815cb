"""A hook of mkdocs: links that lead out of docs/, to sources, are names on the site. Those to pages stay, and must lead somewhere."""
import re


def on_page_markdown(markdown, page, **_):
    up = page.file.src_uri.count("/") + 1
    return re.sub(r"\[([^\]]*)\]\((?:\.\./){%d}[^)]*\)" % up, r"\1", markdown)
