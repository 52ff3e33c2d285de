import type * as Undici from 'undici';

/**
 * The connections to a proxy. undici takes a connection that ends during CONNECT for a chance to try again, and does so
 * for ever, as fast as the proxy hangs up; under another code the same end fails the request that waits for the tunnel.
 */
export function proxyConnections(undici: typeof Undici, origin: URL, options: object): Undici.Dispatcher {
  return new undici.Pool(origin, options).compose(
    (dispatch) => (request, handler) =>
      dispatch(request, {
        onRequestStart: (...args) => handler.onRequestStart?.(...args),
        onRequestUpgrade: (...args) => handler.onRequestUpgrade?.(...args),
        onResponseStart: (...args) => handler.onResponseStart?.(...args),
        onResponseData: (...args) => handler.onResponseData?.(...args),
        onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
        onResponseError: (controller, error) =>
          handler.onResponseError?.(
            controller,
            hungUp(error) ? new undici.errors.RequestAbortedError() : error,
          ),
      }),
  );
}

const hungUp = (error: Error): boolean =>
  'code' in error && (error.code === 'UND_ERR_SOCKET' || error.code === 'UND_ERR_INFO');
