"""Where the frozen program begins."""

import sys

from console.__main__ import main

sys.exit(main())
