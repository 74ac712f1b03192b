/** Put in by the build. */
declare const WSINSPECT_VERSION: string;

export const VERSION = WSINSPECT_VERSION;
