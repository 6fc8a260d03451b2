/** What people show to prove who they are, and which of it is good still. */
export class Credentials {
  readonly #least = new Map<string, number>();

  /** The newest credential of somebody. */
  freshFor(subject: string): string {
    return `${subject}.${this.#least.get(subject) ?? 0}`;
  }

  /** Those that somebody has had so far are good no longer. */
  expire(subject: string): void {
    this.#least.set(subject, (this.#least.get(subject) ?? 0) + 1);
  }

  /** Whose it is; null where it is good no longer. */
  subjectOf(credential: string): string | null {
    const [subject = '', version] = credential.split('.');
    return Number(version) >= (this.#least.get(subject) ?? 0) ? subject : null;
  }
}
