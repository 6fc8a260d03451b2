/** One host of a list, where more than its address is known of it. */
export interface HostSpec {
  /** `https://name[:port][/base]`. `http` needs a local host, or `allowInsecure`. */
  readonly url: string;
  /** Where this host is probed: an absolute URL, which may name another port, or a path. Default: the pool's path. */
  readonly health?: string;
  /**
   * Its share of the clients among the active hosts, relative to theirs: a finite number of at least 0. Default 1.
   * A host of weight 0 is the last of its tier. Without meaning in a plain list, where order decides.
   */
  readonly weight?: number;
  /** Where the host stands. A client that names its own zone prefers hosts of the same. Default: nowhere. */
  readonly zone?: string;
}

/**
 * The hosts of a pool. A plain list has one order for everybody: the first serves, the others wait in that order.
 * `active` and `standby` share the clients out: M active hosts serve by weight, and N standbys wait until one fails.
 */
export type HostList =
  | readonly (string | HostSpec)[]
  | {
      /** Those that serve, each its share of the clients by weight. At least one. */
      readonly active: readonly (string | HostSpec)[];
      /** Those that wait until an active one fails, in this order. Default none. */
      readonly standby?: readonly (string | HostSpec)[];
    };
