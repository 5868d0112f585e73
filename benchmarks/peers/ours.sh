# Served as in production, but without pages: the generator requests none. PROJECT is this repository. The module
# through which the generator talks to this app is written next to this file once the data is seeded; see adapter.py.
PROJECT=${PROJECT:?the folder of this repository}
BIN=$PROJECT/.venv/bin
[ -x "$BIN/python" ] || BIN=$(dirname "$(command -v reflex)")
export MONGODB_URI="mongodb://127.0.0.1:$MONGO_PORT/?directConnection=true" DATABASE=ours DATA_DIR="$TMP/ours" LIMITS=off
export JWT_SECRET=a-secret-of-the-benchmark-and-of-nothing-else OURS="$TMP/ours.json" PATH="$BIN:$PATH"
seed() {
  local generator=$PWD
  mkdir -p "$DATA_DIR"
  "$NODE" dataset.mjs | (cd "$PROJECT" && python -m benchmarks.peers.seed "$OURS")
  (cd "$PROJECT" && python -m benchmarks.peers.adapter "$generator" "$OURS") >"$ADAPTERS/ours.mjs"
}
serve() { cd "$PROJECT" && PUBLIC_URL="http://127.0.0.1:$PORT" exec reflex run --env prod --backend-only --backend-host 127.0.0.1 --backend-port "$PORT"; }
