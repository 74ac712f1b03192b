import { addressWith, forgetToken, givenToken, keptToken } from './token.js';

/** What precedes the page: whoever loads the page again, in a tab that has the token, is led to it. */
const kept = keptToken();
if (givenToken() !== undefined) forgetToken();
else if (kept !== undefined) location.replace(addressWith(kept));
