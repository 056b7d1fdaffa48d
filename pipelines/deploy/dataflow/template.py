"""What the launcher of the Flex Template runs, in the image that the Dockerfile here builds."""

import sys

from corpus_assay.pipelines.flex_template import main

sys.exit(main())
