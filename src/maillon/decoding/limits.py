"""How much one medium may cost. Beyond it there is a named refusal, or, for a video, fewer samples."""

BODY_BYTES = 256 << 20  # the largest body that is handed over at all
ANSWER_BYTES = 4 << 20  # the largest answer: a JPEG of LARGE pixels a side
PIXELS = 50_000_000  # of one image: what telephones make
FRAME_PIXELS = 8192 * 4320  # of a video's frame: 8K
FRAMES = 10_000  # of an animated image are counted
SAMPLES = 900  # seconds of a video that are hashed: a quarter of an hour
VIDEO_THREADS = 2  # that decode one video's frames while the process hashes those before
MEMORY = 3 << 30  # bytes of addresses of a process, libraries and one image of PIXELS included
CPU_SECONDS = 1800  # of a process in its whole life
IMAGE_SECONDS, VIDEO_SECONDS = 60.0, 120.0  # of wall clock, for one medium
SMALL, LARGE = 240, 1280  # pixels of the longer side of what is shown
SHEET_SIDE = 3  # frames in a row and rows on a sheet
