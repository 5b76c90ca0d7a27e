import { Component, type ComponentChildren, type FunctionComponent, h } from "preact";

/** A component that renders again only when a prop is another value: for long lists. */
export function memo<Props extends object>(inner: FunctionComponent<Props>) {
  return class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      const keys = Object.keys({ ...next, ...this.props }) as (keyof Props)[];
      return keys.some((key) => next[key] !== this.props[key]);
    }

    override render(): ComponentChildren {
      return h(inner, this.props as never);
    }
  };
}
