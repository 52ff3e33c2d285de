export function Closing() {
  return (
    <>
      <h1 tabIndex={-1}>You can close this window</h1>
      <p className="quiet">The page you came from has taken over.</p>
    </>
  );
}
