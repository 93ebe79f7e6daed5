-- expect: error
-- attack: an error message of control characters and bidi marks
error('\27[2J\27]0;title\7\u{202e}txt.exe\r\n\0end', 0)
