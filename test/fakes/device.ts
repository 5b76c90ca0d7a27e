import { createDeviceKeys, type DeviceKeys } from "../../core/trust/device_keys.ts";
import { seededBytes } from "./random.ts";

/** The keys of device number `seed`, the same at every run. */
export function deviceKeys(seed: number): DeviceKeys {
  return createDeviceKeys(seededBytes(seed));
}
