/** What a redirect may announce on the next page. A key travels in the address, never a text: nobody can make us say theirs. */
const notices = {
  'picture-saved': 'Your picture is saved.',
  registered: 'Your account is ready.',
  'logged-out': 'You are logged out.',
  'logged-out-here':
    'You are logged out in this browser. The service did not answer, so the session itself ends later.',
  'session-ended': 'Your session has ended. Log in to go on.',
} as const;

export type Notice = keyof typeof notices;

export const noticeText = (notice: Notice): string => notices[notice];

const isNotice = (key: string): key is Notice => Object.hasOwn(notices, key);

/** The notice asked for by `?notice=<key>`, if it is one of ours. */
export function noticeOf(query: unknown): Notice | undefined {
  if (typeof query !== 'object' || query === null || !('notice' in query)) return undefined;
  return typeof query.notice === 'string' && isNotice(query.notice) ? query.notice : undefined;
}

/** The address of a page that announces something. */
export const withNotice = (path: string, notice: Notice): string => `${path}?notice=${notice}`;
