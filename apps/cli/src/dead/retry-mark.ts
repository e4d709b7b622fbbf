/** Part of the message ids of events that `dead retry` published: they stand behind later images. */
export const RETRY_MARK = '/retry-';
