import type { Link } from "../net/link.ts";
import type { DeviceKeys } from "../trust/device_keys.ts";
import type { Identity } from "../trust/entry_body.ts";

/** The device at the other end of a link, as logs name it: its handshake proved all of it. */
export function identityOf({ peer, noiseKey, certificate }: Link): Identity {
  return { peer, noiseKey, certificate };
}

/** This device, as logs name it. */
export function ownIdentity({ peer, noise, certificate }: DeviceKeys): Identity {
  return { peer, noiseKey: noise.publicKey, certificate };
}
