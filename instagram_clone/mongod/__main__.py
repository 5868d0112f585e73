"""`python -m instagram_clone.mongod FOLDER`: keep a folder's server running."""

import sys
from pathlib import Path

from instagram_clone.mongod.keeper import keep

keep(Path(sys.argv[1]))
