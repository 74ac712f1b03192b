import { addressWith, forgetToken, givenToken, keptToken } from './token.js';

/** What stands before the page: whoever loads the page again, in a tab that has the token, goes on to it. */
const kept = keptToken();
if (givenToken() !== undefined) forgetToken();
else if (kept !== undefined) location.replace(addressWith(kept));
