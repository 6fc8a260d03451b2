import { useAccount } from './account.ts';
import { Room } from './Room.tsx';
import { SignIn } from './SignIn.tsx';

export function App() {
  const { account, signIn, signOut } = useAccount();
  switch (account.kind) {
    case 'asking':
      return <main aria-busy="true" />;
    case 'out':
      return <SignIn complaint={account.complaint} onName={signIn} />;
    case 'in':
      return <Room me={account.me} onLeave={signOut} />;
  }
}
