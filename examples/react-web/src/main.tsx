import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { FailoverBanner, FailoverProvider } from 'switchover/react';
import { App } from './App.tsx';
import { options } from './account.ts';
import { Hosts } from './Hosts.tsx';

createRoot(document.getElementById('app') as HTMLElement).render(
  <StrictMode>
    <FailoverProvider options={options}>
      <header>
        <h1>Jetty</h1>
        <Hosts />
      </header>
      <FailoverBanner className="banner" />
      <App />
    </FailoverProvider>
  </StrictMode>,
);
