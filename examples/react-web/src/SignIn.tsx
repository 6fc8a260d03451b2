interface SignInProps {
  readonly complaint: string | null;
  readonly onName: (name: string) => Promise<void>;
}

export function SignIn({ complaint, onName }: SignInProps) {
  return (
    <main>
      <form className="sign-in" action={(form) => onName(String(form.get('name')).trim())}>
        <label htmlFor="name">What are you called?</label>
        <input id="name" name="name" autoComplete="username" maxLength={32} required />
        <button type="submit">Come in</button>
        <p role="alert">{complaint}</p>
      </form>
    </main>
  );
}
