import { Buffer } from "node:buffer";
import { agree, X25519_BYTES, type X25519Pair } from "../trust/x25519.ts";
import type { CipherState } from "./cipher_state.ts";
import { SymmetricState } from "./symmetric_state.ts";

/** What a handshake message carries or mixes in, in the words of Noise, §7. */
export type Token = "e" | "s" | "ee" | "es" | "se" | "ss" | "psk";

/** A handshake pattern of Noise; the initiator sends the even messages. */
export interface HandshakePattern {
  /** As in the protocol name, such as `XXpsk0`. */
  readonly name: string;
  /** The responder's static key is known to the initiator beforehand (pre-message `<- s`). */
  readonly responderKnown?: boolean;
  readonly messages: readonly (readonly Token[])[];
}

/** Both static keys are sent, sealed; the pre-shared key is mixed in before anything else. */
export const XXPSK0: HandshakePattern = {
  name: "XXpsk0",
  messages: [["psk", "e"], ["e", "ee", "s", "es"], ["s", "se"]],
};

/**
 * The state after the prologue and the pre-shared key of a pattern that begins with it: the same for every
 * handshake with that key.
 */
export function beginNoise(
  pattern: HandshakePattern,
  prologue: Uint8Array,
  psk: Uint8Array,
): SymmetricState {
  const state = start(pattern, prologue);
  state.mixKeyAndHash(psk);
  return state;
}

function start({ name }: HandshakePattern, prologue: Uint8Array): SymmetricState {
  const state = new SymmetricState(`Noise_${name}_25519_ChaChaPoly_SHA256`);
  state.mixHash(prologue);
  return state;
}

/** What one side brings into a handshake. */
export interface HandshakeKeys {
  readonly staticPair?: X25519Pair;
  /** Fresh for this handshake, never used in another. */
  readonly ephemeral: X25519Pair;
  /** 32 bytes each, in the order of the pattern's `psk` tokens. */
  readonly psks?: readonly Uint8Array[];
  /** The responder's static key, where the pattern has it known. */
  readonly remoteStatic?: Uint8Array;
}

/** The two directions of a finished handshake. */
export interface TransportKeys {
  readonly send: CipherState;
  readonly receive: CipherState;
}

/**
 * One handshake `Noise_<pattern>_25519_ChaChaPoly_SHA256` of the Noise Protocol Framework, revision 34:
 * its HandshakeState (§5.3). After an error it is of no more use.
 */
export class NoiseHandshake {
  readonly #pattern: HandshakePattern;
  readonly #initiator: boolean;
  readonly #keys: HandshakeKeys;
  readonly #usesPsk: boolean;
  readonly #psks: Uint8Array[];
  readonly #state: SymmetricState;
  /** The first pre-shared key is in the state already. */
  #begun: boolean;
  #remoteEphemeral: Uint8Array | undefined;
  #remoteStatic: Uint8Array | undefined;
  #next = 0;

  /** `from` is the prologue, or what {@linkcode beginNoise} made of it, which becomes this handshake's own. */
  constructor(
    pattern: HandshakePattern,
    initiator: boolean,
    from: Uint8Array | SymmetricState,
    keys: HandshakeKeys,
  ) {
    this.#pattern = pattern;
    this.#initiator = initiator;
    this.#keys = keys;
    this.#usesPsk = pattern.messages.flat().includes("psk");
    this.#psks = [...keys.psks ?? []];
    this.#remoteStatic = keys.remoteStatic;
    this.#begun = from instanceof SymmetricState;
    this.#state = from instanceof SymmetricState ? from : start(pattern, from);
    if (pattern.responderKnown) {
      this.#state.mixHash(initiator ? this.#theirStatic() : this.#ownStatic().publicKey);
    }
  }

  /** The hash of all that was sent and received, the same on both sides: the session's name. */
  get hash(): Uint8Array {
    return this.#state.hash;
  }

  /** The other side's static public key, once received. */
  get remoteStatic(): Uint8Array | undefined {
    return this.#remoteStatic;
  }

  /** Makes one's next message, with `payload` sealed in as far as keys are agreed on. */
  write(payload: Uint8Array): Uint8Array {
    const parts: Uint8Array[] = [];
    for (const token of this.#turn(this.#initiator)) {
      if (token === "e") {
        const key = this.#keys.ephemeral.publicKey;
        parts.push(key);
        this.#mixEphemeral(key);
      } else if (token === "s") {
        parts.push(this.#state.seal(this.#ownStatic().publicKey));
      } else {
        this.#mixToken(token);
      }
    }
    parts.push(this.#state.seal(payload));
    return Buffer.concat(parts);
  }

  /**
   * Takes the other side's next message; gives its payload.
   * @throws {Error} if it is too short, altered, made with other keys, or has a key of small order.
   */
  read(message: Uint8Array): Uint8Array {
    let rest = message;
    const take = (bytes: number): Uint8Array => {
      if (rest.length < bytes) throw new RangeError("Cannot read a handshake message: too short");
      const part = rest.subarray(0, bytes);
      rest = rest.subarray(bytes);
      return part;
    };
    for (const token of this.#turn(!this.#initiator)) {
      if (token === "e") {
        this.#remoteEphemeral = Uint8Array.from(take(X25519_BYTES));
        this.#mixEphemeral(this.#remoteEphemeral);
      } else if (token === "s") {
        this.#remoteStatic = this.#state.open(take(X25519_BYTES + this.#state.overhead));
      } else {
        this.#mixToken(token);
      }
    }
    return this.#state.open(rest);
  }

  /** Ends the handshake: gives the keys of both directions and zeroes its own. */
  split(): TransportKeys {
    if (this.#next < this.#pattern.messages.length) {
      throw new Error("Cannot split a handshake: messages are missing");
    }
    const [first, second] = this.#state.split();
    return this.#initiator ? { send: first, receive: second } : { send: second, receive: first };
  }

  /** Zeroes what a handshake that is given up has agreed on. */
  wipe(): void {
    this.#state.wipe();
  }

  #turn(initiatorSends: boolean): readonly Token[] {
    const tokens = this.#pattern.messages[this.#next];
    if (!tokens || (this.#next % 2 === 0) !== initiatorSends) {
      throw new Error("Cannot go on with a handshake: it is not this message's turn");
    }
    this.#next++;
    return tokens;
  }

  #mixToken(token: Exclude<Token, "e" | "s">): void {
    const { ephemeral } = this.#keys;
    // In "es" and "se" the first letter is the initiator's key.
    switch (token) {
      case "psk":
        if (!this.#begun) {
          this.#state.mixKeyAndHash(present(this.#psks.shift(), "pre-shared key"));
        }
        this.#begun = false;
        return;
      case "ee":
        return this.#mixAgreed(ephemeral, this.#theirEphemeral());
      case "ss":
        return this.#mixAgreed(this.#ownStatic(), this.#theirStatic());
      case "es":
        return this.#initiator
          ? this.#mixAgreed(ephemeral, this.#theirStatic())
          : this.#mixAgreed(this.#ownStatic(), this.#theirEphemeral());
      case "se":
        return this.#initiator
          ? this.#mixAgreed(this.#ownStatic(), this.#theirEphemeral())
          : this.#mixAgreed(ephemeral, this.#theirStatic());
    }
  }

  #ownStatic(): X25519Pair {
    return present(this.#keys.staticPair, "own static key");
  }

  #theirStatic(): Uint8Array {
    return present(this.#remoteStatic, "their static key");
  }

  #theirEphemeral(): Uint8Array {
    return present(this.#remoteEphemeral, "their ephemeral key");
  }

  #mixEphemeral(key: Uint8Array): void {
    this.#state.mixHash(key);
    // With a pre-shared key the ephemeral also makes each first message's cipher key fresh (§9.2).
    if (this.#usesPsk) this.#state.mixKey(key);
  }

  #mixAgreed(pair: X25519Pair, publicKey: Uint8Array): void {
    const shared = agree(pair, publicKey);
    this.#state.mixKey(shared);
    shared.fill(0);
  }
}

function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`Cannot go on with a handshake: no ${what}`);
  return value;
}
