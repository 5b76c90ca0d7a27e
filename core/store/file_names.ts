/** What is in a data directory. */

/** The SQLite database; `-wal` and `-shm` beside it belong to it. */
export const DATABASE_FILE = "earshot.db";
/** The secret keys of this device. */
export const DEVICE_FILE = "device.json";
/** Locked by the node that runs; empty. */
export const LOCK_FILE = "lock";
/** How to speak to the node that runs. */
export const RUNNING_FILE = "running.json";
