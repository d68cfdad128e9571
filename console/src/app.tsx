// The whole console: signed out the sign-in page, signed in the page that the address names.

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { onSessionEnd } from './api.js';
import { type ApiError, asApiError } from './api-error.js';
import type { Session } from './api-types.js';
import { SignIn } from './pages/sign-in.js';
import { ErrorNotice, Loading } from './parts/notice.js';
import { currentSession, signIn, takenSignInToken } from './session.js';
import { SignedIn } from './signed-in.js';

type State =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'failed'; readonly error: ApiError }
  | { readonly kind: 'out'; readonly reason: string | undefined }
  | { readonly kind: 'in'; readonly session: Session };

const ended = 'Your session has ended. Sign in again, and you are back where you were.';

export function App(): JSX.Element {
  const [state, setState] = useState<State>({ kind: 'unknown' });

  useEffect(() => {
    onSessionEnd(() =>
      setState((before) => (before.kind === 'in' ? { kind: 'out', reason: ended } : before)),
    );
    void firstState().then(setState);
  }, []);

  switch (state.kind) {
    case 'unknown':
      return <Loading what="the console" />;
    case 'failed':
      return (
        <main class="alone">
          <ErrorNotice error={state.error} retry={() => location.reload()} />
        </main>
      );
    case 'out':
      return (
        <SignIn reason={state.reason} entered={(session) => setState({ kind: 'in', session })} />
      );
    case 'in':
      return (
        <SignedIn session={state.session} left={(reason) => setState({ kind: 'out', reason })} />
      );
  }
}

async function firstState(): Promise<State> {
  const token = takenSignInToken();
  try {
    const session =
      token === undefined ? await currentSession() : await signIn({ sign_in_token: token });
    return { kind: 'in', session };
  } catch (reason) {
    const error = asApiError(reason)!;
    if (token !== undefined && error.status > 0) {
      return { kind: 'out', reason: `The sign-in link did not work: ${error.message}` };
    }
    return error.status === 401 ? { kind: 'out', reason: undefined } : { kind: 'failed', error };
  }
}
