/** A port, or a range of them, belongs to other programs. */
export class PortTakenError extends Error {
  override name = "PortTakenError";

  /** @param option chooses another. */
  constructor(ports: number | readonly [number, number], option: string, options?: ErrorOptions) {
    const which = typeof ports === "number"
      ? `Port ${ports} is`
      : `Ports ${ports[0]} to ${ports[1]} are`;
    super(`${which} taken: choose another with ${option}, or 0 for any`, options);
  }
}
