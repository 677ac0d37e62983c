namespace Throughline.Core.Events;

/// <summary>Splits a path or a referrer into what is stored in the clear and what is sealed.</summary>
internal static class PersonalUrl
{
    /// <summary>
    /// The length of the part in the clear: up to the query or fragment, up to a user name before the host, and up to anything
    /// that looks like an e-mail address, whichever comes first.
    /// </summary>
    public static int ClearLength(ReadOnlySpan<byte> url)
    {
        int end = url.IndexOfAny((byte)'?', (byte)'#');
        ReadOnlySpan<byte> clear = end < 0 ? url : url[..end];
        int scheme = clear.IndexOf("://"u8);
        if (scheme >= 0)
        {
            ReadOnlySpan<byte> rest = clear[(scheme + 3)..];
            int slash = rest.IndexOf((byte)'/');
            if ((slash < 0 ? rest : rest[..slash]).Contains((byte)'@'))
                return scheme + 3;
        }
        int email = PersonalData.EmailStart(clear);
        return email < 0 ? clear.Length : email;
    }
}
