"""What the lessons use and do not teach: one module a subject. See the README's table of folders."""
