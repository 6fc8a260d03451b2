/** Sends a request once more, with something about it changed. One that is changed in any way loses whence it came, but for this. */
export const fetchAgain = (request: Request, changes: RequestInit): Promise<Response> =>
  fetch(request, { referrer: request.referrer, referrerPolicy: request.referrerPolicy, ...changes });
