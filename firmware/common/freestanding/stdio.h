/* wasm3 includes it, and takes nothing of it. */
