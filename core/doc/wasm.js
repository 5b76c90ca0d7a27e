// The type checker does not know source phase imports yet; so this one import is JavaScript.
import source wasm from "@automerge/automerge/wasm";
export default wasm;
